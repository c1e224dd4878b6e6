from django.apps import AppConfig


class EnrichmentConfig(AppConfig):
    name = "cadans.enrichment"
    label = "enrichment"
