"""A small model trained by Lightning with its MLFlowLogger, checkpoints logged as artifacts."""
import os
import tempfile

import lightning
import torch
from lightning.pytorch.callbacks import ModelCheckpoint
from lightning.pytorch.loggers import MLFlowLogger


class Model(lightning.LightningModule):
    def __init__(self, width=8, learning_rate=0.05, betas=(0.9, 0.99)):
        super().__init__()
        self.save_hyperparameters()
        self.layer = torch.nn.Linear(4, 1)

    def loss(self, batch):
        x, y = batch
        return torch.nn.functional.mse_loss(self.layer(x), y)

    def training_step(self, batch, _):
        loss = self.loss(batch)
        self.log("train_loss", loss)
        return loss

    def validation_step(self, batch, _):
        self.log("val_loss", self.loss(batch))

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), self.hparams.learning_rate)


lightning.seed_everything(0)
x = torch.randn(64, 4)
loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, x.sum(1, keepdim=True)), 8)
with tempfile.TemporaryDirectory(dir=".") as folder:
    logger = MLFlowLogger(
        experiment_name="lightning_logs", tracking_uri=os.environ["MLFLOW_TRACKING_URI"],
        run_name="bold run", log_model=True,
    )
    lightning.Trainer(
        max_epochs=3, log_every_n_steps=2, logger=logger, accelerator="cpu", default_root_dir=folder,
        enable_progress_bar=False, callbacks=[ModelCheckpoint(folder, monitor="val_loss")],
    ).fit(Model(), loader, loader)
    logger.finalize("success")
