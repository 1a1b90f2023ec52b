"""Teaching a TextCNN from BERT: the reference replication of the article's methods and claims."""
