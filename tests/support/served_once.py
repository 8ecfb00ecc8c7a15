"""A Python program that starts the service, waits until it is ready, reads a page and stops it."""

SERVED_ONCE = """
import subprocess, sys, time, urllib.request
service = subprocess.Popen([sys.executable, "-m", "app", *sys.argv[1:]])
for _ in range(600):
    time.sleep(0.1)
    try:
        print(urllib.request.urlopen("http://127.0.0.1:8000/readyz", timeout=1).read().decode())
        break
    except OSError:
        continue
urllib.request.urlopen("http://127.0.0.1:8000/overlay/main", timeout=5).read()
sockets = [line.split() for name in ("tcp", "tcp6") for line in open(f"/proc/net/{name}").readlines()[1:]]
print("listening at", *(socket[1] for socket in sockets if socket[3] == "0A"))
service.terminate()
sys.exit(service.wait(20))
"""
"""Run it with `python -c` where only this machine reaches the service; its arguments are those of `surtitle`."""
