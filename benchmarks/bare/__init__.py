"""The floor: a Django project with two views, on the same server and database as the product."""
