# Surtitle in a container.
#   NVIDIA GPU:  docker build -t surtitle .
#                docker run --init --gpus all -p 127.0.0.1:8000:8000 -v surtitle-models:/models -v surtitle-data:/data surtitle
#   Laptop:      docker build --build-arg BASE=debian:12-slim -t surtitle:cpu .
#                docker run --init -p 127.0.0.1:8000:8000 -e SURTITLE_PUBLIC_URL=http://127.0.0.1:8000 \
#                    -v surtitle-models:/models -v surtitle-data:/data surtitle:cpu
#                Without a GPU and a domain. A container cannot know the laptop's addresses: SURTITLE_PUBLIC_URL names one for
#                the links. For phones in the same network: -p 8000:8000 -e SURTITLE_PUBLIC_URL=http://192.168.1.20:8000
# The container prints links with keys, unless SURTITLE_KEY_FILE names a file with a key. deploy/ adds HTTPS, limits and a
# read-only file system; with `docker run`, add them by hand:
#   --ulimit core=0 --ulimit nofile=16384 --memory 16g --memory-swap 16g --read-only --tmpfs /tmp:size=256m \
#   --cap-drop ALL --security-opt no-new-privileges --pids-limit 2048

# The CUDA runtime brings cuBLAS 12, the one CUDA library that CTranslate2 loads.
# A tag can name another image tomorrow; BASE=IMAGE@sha256:… is the one that you have tried (deploy/compose.yaml says how).
ARG BASE=nvidia/cuda:12.8.1-runtime-ubuntu24.04
FROM ${BASE}

RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        ca-certificates python3 python3-venv libportaudio2 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 surtitle \
    && useradd --create-home --uid 10001 --gid 10001 surtitle \
    && install --directory --owner surtitle --group surtitle --mode 0700 /models /data

COPY . /src
# Every package is checked against a hash in a lock; the wheel is built apart, with a locked hatchling and no download.
RUN python3 -m venv /tmp/build \
    && /tmp/build/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r /src/requirements-build.lock \
    && /tmp/build/bin/pip wheel --no-deps --no-index --no-build-isolation --wheel-dir /tmp/build/own /src \
    && python3 -m venv /opt/surtitle \
    && /opt/surtitle/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r /src/requirements-service.lock \
    && /opt/surtitle/bin/pip install --no-cache-dir --no-deps --no-index /tmp/build/own/*.whl \
    && rm -rf /src /tmp/build

# The service writes only to /models, /data and /tmp, so the rest can be read-only; /models also stores measurements and
# code that the GPU's driver compiled. In a container it must listen on every address; docker run -p limits who reaches it.
ENV PATH=/opt/surtitle/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    SURTITLE_HOST=0.0.0.0 \
    SURTITLE_MODEL_CACHE=/models \
    SURTITLE_DATA=/data \
    XDG_CACHE_HOME=/models/cache \
    PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
WORKDIR /data
VOLUME /models /data
EXPOSE 8000

# The first start downloads a model before it answers, hence the long start period.
HEALTHCHECK --interval=15s --timeout=5s --start-period=15m --retries=3 \
    CMD ["python3", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]

# On stop, the last sentences are decoded and saved: allow 20 s for it (docker stop --time 20).
STOPSIGNAL SIGTERM
ENTRYPOINT ["surtitle"]
CMD ["serve"]
