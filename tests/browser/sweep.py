"""A sweep over seeds: three learning rates of two models, five seeds each; 3e-4 with the mlp is the best."""

from tests.browser.logged import create_experiment, log_run

RATES = {"1e-3": 0.90, "3e-4": 0.94, "1e-4": 0.91}


def log_sweep(server, name: str = "sweep over seeds") -> str:
    experiment_id = create_experiment(server, name)
    for model, lag in (("mlp", 0.0), ("tree", 0.05)):
        for rate, accuracy in RATES.items():
            for seed in range(3):
                log_run(
                    server,
                    experiment_id,
                    f"{model} {rate} seed {seed}",
                    metrics={"val_acc": accuracy - lag + seed / 1000, "val_loss": 1 - accuracy + lag},
                    params={"model": model, "lr": rate, "seed": str(seed)},
                )
    return experiment_id
