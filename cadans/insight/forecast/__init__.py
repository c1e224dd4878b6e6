"""What will be won: three methods, the model that the third learns, and how it is judged."""
