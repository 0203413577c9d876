"""Other engines on the ragged workload, run by the Python that has them, for `benchmarks.generation`.

Each is helped where it is weak: prompts are sorted by length, so that a batch pads little. Prints one JSON object.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from ragged import GEMMA, MISTRAL, RECURRENTGEMMA, VOCABULARY, WIDTH, Ragged, ragged


def deepmind(work: Ragged, slots: int) -> Callable[[], int]:
    """DeepMind's JAX sampler, its steps stopped as soon as the longest text of a batch is done."""
    import jax
    import jax.numpy as jnp
    from recurrentgemma import common
    from recurrentgemma.jax import griffin, sampler

    kinds = [
        common.TemporalBlockType.RECURRENT,
        common.TemporalBlockType.RECURRENT,
        common.TemporalBlockType.ATTENTION,
    ]
    config = common.GriffinConfig(
        vocab_size=VOCABULARY,
        width=WIDTH,
        mlp_expanded_width=RECURRENTGEMMA["mlp_width"],
        num_heads=RECURRENTGEMMA["heads"],
        block_types=tuple(kinds * (RECURRENTGEMMA["depth"] // 3)),
        embeddings_scale_by_sqrt_dim=True,
        attention_window_size=RECURRENTGEMMA["window"],
        logits_soft_cap=30.0,
    )
    network = griffin.Griffin(config)
    start = jnp.zeros((1, 4), jnp.int32), jnp.arange(4)[None]
    params = jax.jit(lambda key: network.init(key, *start))(jax.random.key(0))["params"]

    class Vocabulary:
        def eos_id(self) -> int:
            return 1

        def pad_id(self) -> int:
            return 0

    peer = sampler.Sampler(network, Vocabulary(), params)

    def sample(params: Any, state: Any, wanted: Any) -> Any:
        step = lambda state: peer._sample_step(params, state, False)  # noqa: E731  its own step
        return jax.lax.while_loop(lambda state: state.step < wanted - 1, step, state)

    run = jax.jit(sample, donate_argnums=1)

    def one_pass() -> int:
        computed = 0
        for batch in batches(work, slots):
            longest = -(-max(len(work.prompts[n]) for n in batch) // 64) * 64
            tokens = np.zeros((slots, longest), np.int32)
            for row, n in enumerate(batch):
                tokens[row, longest - len(work.prompts[n]) :] = work.prompts[n]
            lengths = np.array([*(len(work.prompts[n]) for n in batch), *[1] * (slots - len(batch))])
            state = peer.prompt_processing_fn(
                params, jnp.array(tokens), None, jnp.array(lengths), 512, False, False
            )
            wanted = max(work.wanted[n] for n in batch)
            jax.block_until_ready(run(params, state, jnp.int32(wanted)))
            computed += wanted * slots
        return computed

    return one_pass


def transformers_static(family: str, work: Ragged, groups: list[list[int]]) -> Callable[[], int]:
    """`generate` on batches of left-padded prompts. Its RecurrentGemma is right only where nothing is padded."""
    import torch

    network = torch_network(family)

    def one_pass() -> int:
        computed = 0
        for batch in groups:
            longest, wanted = max(len(work.prompts[n]) for n in batch), max(work.wanted[n] for n in batch)
            ids = torch.zeros((len(batch), longest), dtype=torch.long)
            mask = torch.zeros_like(ids)
            for row, n in enumerate(batch):
                ids[row, longest - len(work.prompts[n]) :] = torch.tensor(work.prompts[n])
                mask[row, longest - len(work.prompts[n]) :] = 1
            network.generate(
                ids, attention_mask=mask, max_new_tokens=wanted, min_new_tokens=wanted, do_sample=False
            )
            computed += wanted * len(batch)
        return computed

    return one_pass


def transformers_continuous(family: str, work: Ragged, slots: int) -> Callable[[], int]:
    """Its paged continuous batching, each request with a length of its own. It sizes its batches itself."""
    from transformers import ContinuousBatchingConfig, GenerationConfig

    network = torch_network(family, "paged|sdpa")
    settings = GenerationConfig(max_new_tokens=512, do_sample=False, eos_token_id=-1, pad_token_id=0)
    pages = ContinuousBatchingConfig(max_memory_percent=0.3)  # of what is free, which it would all take

    def one_pass() -> int:
        wanted = dict(enumerate(work.wanted))
        made = 0
        with network.continuous_batching_context_manager(
            generation_config=settings, continuous_batching_config=pages, block=True, timeout=5
        ) as manager:
            for n, prompt in enumerate(work.prompts):
                manager.add_request(prompt.tolist(), request_id=str(n), max_new_tokens=wanted[n])
            while wanted:
                result = manager.get_result(timeout=1)
                if result and result.is_finished() and wanted.pop(int(result.request_id), None):
                    made += len(result.generated_tokens)
                elif result is None and not manager.is_running():
                    raise RuntimeError("its thread ended before all texts were done")
        return made

    return one_pass


def torch_network(family: str, attention: str | None = None) -> Any:
    import torch
    import transformers

    shape = {"recurrentgemma": RECURRENTGEMMA, "gemma": GEMMA, "mistral": MISTRAL}[family]
    names = {
        "num_hidden_layers": shape["depth"],
        "num_attention_heads": shape["heads"],
        "head_dim": shape["head_dim"],
    }
    named: dict[str, Any] = {"vocab_size": VOCABULARY, "hidden_size": WIDTH, "eos_token_id": None, **names}
    if family == "recurrentgemma":
        named |= {"intermediate_size": 2 * shape["mlp_width"], "num_key_value_heads": 1, "lru_width": WIDTH}
        named |= {"attention_window_size": shape["window"]}
        config = transformers.RecurrentGemmaConfig(**named)
    else:
        named |= {"intermediate_size": shape["mlp_width"], "num_key_value_heads": shape["kv_heads"]}
        kind = transformers.GemmaConfig if family == "gemma" else transformers.MistralConfig
        config = kind(**named)
    options = {"attn_implementation": attention} if attention else {}
    return transformers.AutoModelForCausalLM.from_config(config, dtype=torch.float32, **options).eval()


def batches(work: Ragged, slots: int) -> list[list[int]]:
    ordered = sorted(range(len(work.prompts)), key=lambda n: len(work.prompts[n]))
    return [ordered[at : at + slots] for at in range(0, len(ordered), slots)]


def of_equal_length(work: Ragged, slots: int) -> list[list[int]]:
    """Batches in which nothing is padded, texts of like length together: what a peer gets right that cannot pad."""
    key = lambda n: (len(work.prompts[n]), work.wanted[n])  # noqa: E731  sorted and grouped by it
    groups: list[list[int]] = []
    for n in sorted(range(len(work.prompts)), key=key):
        alike = groups and len(work.prompts[groups[-1][0]]) == len(work.prompts[n])
        if alike and len(groups[-1]) < slots:
            groups[-1].append(n)
        else:
            groups.append([n])
    return groups


def main(name: str, family: str, requests: str, slots: str) -> None:
    work = ragged(int(requests))
    if name == "deepmind":
        one_pass = deepmind(work, int(slots))
    elif name == "transformers-continuous":
        one_pass = transformers_continuous(family, work, int(slots))
    else:
        grouping = of_equal_length if name == "transformers-equal" else batches
        one_pass = transformers_static(family, work, grouping(work, int(slots)))
    times, computed = [], 0
    for _ in range(2 if name == "deepmind" else 1):  # nothing is compiled elsewhere
        start = time.perf_counter()
        computed = one_pass()
        times.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"cold_s": times[0], "warm_s": times[-1], "computed": computed, "peak_bytes": peak}))


if __name__ == "__main__":
    main(*sys.argv[1:])
