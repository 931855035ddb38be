"""llama.cpp's own server, out of the PyPI package xllamacpp, with one GGUF file on one address."""

import argparse
import signal
import threading


def main():
    import xllamacpp  # not installed for the tests

    arguments = argparse.ArgumentParser()
    arguments.add_argument("model")
    arguments.add_argument("--name", default="smollm2-135m-instruct")
    arguments.add_argument("--port", type=int, default=8081)
    arguments.add_argument("--context", type=int, default=8192)
    arguments.add_argument("--threads", type=int, default=1)
    given = arguments.parse_args()

    params = xllamacpp.CommonParams()
    params.model.path = given.model
    params.model_alias = {given.name}
    params.hostnames = ["127.0.0.1"]
    params.port = given.port
    params.n_ctx = given.context
    params.n_parallel = 1
    params.n_batch = params.n_ubatch = 256  # who hangs up is noticed between two batches
    params.cpuparams.n_threads = given.threads
    params.cpuparams_batch.n_threads = given.threads
    params.sampling.penalty_repeat = 1.1  # small models go round in circles
    params.endpoint_slots = True  # GET /slots tells whether a reply is being generated
    params.endpoint_metrics = True
    params.cache_ram_mib = 0  # else the prompts of earlier questions are kept, up to 8 GiB
    params.ui = False
    params.offline = True

    server = xllamacpp.Server(params)
    print("listening on", server.listening_address, flush=True)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()


if __name__ == "__main__":
    main()
