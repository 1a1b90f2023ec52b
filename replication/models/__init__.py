"""The two networks, teacher (BERT) and student (TextCNN), and where the teacher's pre-trained weights come from."""
