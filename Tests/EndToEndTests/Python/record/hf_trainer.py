"""A tiny GPT-2 trained by transformers' Trainer, which logs by itself (report_to="mlflow")."""
import tempfile

import torch
from transformers import GPT2Config, GPT2LMHeadModel, Trainer, TrainingArguments

torch.manual_seed(0)
model = GPT2LMHeadModel(
    GPT2Config(vocab_size=64, n_positions=32, n_embd=16, n_layer=1, n_head=2)
)
rows = torch.randint(0, 64, (64, 32))
data = [{"input_ids": row, "labels": row} for row in rows]
with tempfile.TemporaryDirectory(dir=".") as folder:
    Trainer(
        model=model,
        args=TrainingArguments(
            output_dir=folder, max_steps=20, logging_steps=2, eval_strategy="steps", eval_steps=10,
            per_device_train_batch_size=8, report_to="mlflow", use_cpu=True, save_strategy="no",
            run_name="tiny-gpt2",
        ),
        train_dataset=data, eval_dataset=data[:16],
    ).train()
