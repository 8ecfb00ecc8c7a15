"""The models that Surtitle knows by name: their repository on the hub, the commit, and the SHA-256 of each file.

Each commit, hash and size was published alike by at least two unrelated public projects that pin these models too, and
was collected in November 2026. Nobody who changes a repository, or what a mirror of the hub sends, can change what is
loaded.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModelPin:
    """The one version of a model that is loaded by its name."""

    repository: str
    """`owner/name` on the hub."""
    revision: str
    """Commit of the repository."""
    files: Mapping[str, str]
    """SHA-256 of each file, in hexadecimal."""
    weights_bytes: int | None = None
    """Size of `model.bin`, with 16 bits for each weight; the other files have some megabytes together."""


_TURBO = "mobiuslabsgmbh/faster-whisper-large-v3-turbo"

REPOSITORIES = {
    "tiny": "Systran/faster-whisper-tiny",
    "base": "Systran/faster-whisper-base",
    "small": "Systran/faster-whisper-small",
    "medium": "Systran/faster-whisper-medium",
    "large-v2": "Systran/faster-whisper-large-v2",
    "large-v3": "Systran/faster-whisper-large-v3",
    "turbo": _TURBO,
    "large-v3-turbo": _TURBO,
}
"""Short names and their repositories on the hub. Source: faster-whisper 1.2.1 `utils._MODELS`."""

_VOCABULARY = {
    "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
    "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
}
"""The multilingual vocabulary of all models before large-v3."""

_VOCABULARY_V3 = {
    "preprocessor_config.json": "7ccc62c6f2765af1f3b46c00c9b5894426835a05021c8b9c01eecb6dfb542711",
    "vocabulary.json": "c69260f2ab26d659b7c398f9a2b2b48ed0df16c3b47d7326782fd9cba71690c1",
}
"""The vocabulary with Cantonese, and features of 128 bands."""

PINS = {
    pin.repository: pin
    for pin in (
        ModelPin(
            "Systran/faster-whisper-tiny",
            "d90ca5fe260221311c53c58e660288d3deb8d356",
            {
                "config.json": "a73a28cdfe1c43ccc7202fa333d1f89c202477271407ae9a7f19afa52039cac8",
                "model.bin": "dcb76c6586fc06cbdac6dd21f14cfd129cc4cdd9dce19bf4ffa62e59cbe6e6d1",
                **_VOCABULARY,
            },
            75_538_270,
        ),
        ModelPin(
            "Systran/faster-whisper-base",
            "ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66",
            {
                "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
                "model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
                **_VOCABULARY,
            },
            145_217_532,
        ),
        ModelPin(
            "Systran/faster-whisper-small",
            "536b0662742c02347bc0e980a01041f333bce120",
            {
                "config.json": "b55496ac7940a7ae47d2c01eab40edfd8701feec1229d9cce3b40014383fb828",
                "model.bin": "3e305921506d8872816023e4c273e75d2419fb89b24da97b4fe7bce14170d671",
                **_VOCABULARY,
            },
            483_546_902,
        ),
        ModelPin(
            "Systran/faster-whisper-medium",
            "08e178d48790749d25932bbc082711ddcfdfbc4f",
            {
                "config.json": "3622a2ddc41ec0e0fd4e68c13c6830f03b90c38d89aaad184de02c8c642cf807",
                "model.bin": "9b45e1009dcc4ab601eff815b61d80e60ce3fd8c74c1a14f4a282258286b51ae",
                **_VOCABULARY,
            },
            1_527_906_378,
        ),
        ModelPin(
            "Systran/faster-whisper-large-v2",
            "f0fe81560cb8b68660e564f55dd99207059c092e",
            {
                "config.json": "d86b7a7664a12559d644aa210a32ce9a7e03913e794b7ea4fb7182de69e273a7",
                "model.bin": "bf2a9746382e1aa7ffff6b3a0d137ed9edbd9670c3b87e5d35f5e85e70d0333a",
                **_VOCABULARY,
            },
            3_086_912_962,
        ),
        ModelPin(
            "Systran/faster-whisper-large-v3",
            "edaa852ec7e145841d8ffdb056a99866b5f0a478",
            {
                "config.json": "a9306624f5ec14270a014b647e5c316b6e03a662c369758d1b90697a7b0655b9",
                "model.bin": "69f74147e3334731bc3a76048724833325d2ec74642fb52620eda87352e3d4f1",
                "tokenizer.json": "6d8cbd7cd0d8d5815e478dac67b85a26bbe77c1f5e0c6d76d1ce2abc0e5f21ca",
                **_VOCABULARY_V3,
            },
            3_087_284_237,
        ),
        ModelPin(
            _TURBO,
            "0a363e9161cbc7ed1431c9597a8ceaf0c4f78fcf",
            {
                "config.json": "b0253ea6c0d3bea6b1e19e91a02acfd3b53f4467362efcb5a3e6b16c9b3a9b7e",
                "model.bin": "e76620f83d5f5b69efd3d87e3dc180c1bd21df9fbebacfd4335e5e1efcc018da",
                "tokenizer.json": "297b13372ac43916285644fb9687add3cc62ee2a1adb60da3dc25cc94c1871fd",
                **_VOCABULARY_V3,
            },
            1_617_884_929,
        ),
    )
}
"""The pinned models by repository."""
