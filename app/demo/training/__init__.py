"""Makes the demo model: synthesizes speech of a small bilingual world, trains a small Whisper on it and measures it.

`world` and `grammar` define the sentences, `speech`, `noise` and `scene` turn them into sound, `pool` and `windows`
feed `training`, `convert` writes the files that the service loads, `evaluate` checks the model's error rates;
`meeting` and `clips` make the recordings of the demo and of the benches. `python -m app.demo.training` runs them.
Only training and converting need torch. The package is not in the wheel.
"""
