"""Text of phrases to other languages: the models, their worker process, and the translated tracks of rooms."""
