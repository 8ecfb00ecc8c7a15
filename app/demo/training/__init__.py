"""The making of the demo model: a small bilingual world is spoken, a small Whisper learns it, and is measured.

A package inside the lab, because these files only have each other: `world` and `grammar` say what, `speech`, `noise`
and `scene` make sound of it, `pool` and `windows` feed `training`, `convert` writes what the service loads, `evaluate`
holds it to its bars; `meeting` and `clips` make what the demo and the bench play. `python -m app.demo.training` runs
them. torch is needed for training and converting alone.
"""
