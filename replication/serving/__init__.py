"""Trained networks as files that another program runs: safetensors, ONNX, vocabulary, model card."""
