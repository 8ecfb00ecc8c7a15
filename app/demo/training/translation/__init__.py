"""Makes the demo's translation model: one small transformer for German, English, French and Portuguese text.

`samples` draws pairs of texts of the demo world, `made_up` the names and words that the world does not know, `errors`
the mistakes of speech recognition, with the shares that `hearing` counts; `tokens` makes the tokenizer, `network` and
`training` the weights, `convert` the files that the service loads, and `accuracy` measures them on held-out sentences.
Only training and converting need torch.
"""
