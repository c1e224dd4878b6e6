"""Nothing is stored here yet: the facts are the stage visits and closings of `leads`."""
