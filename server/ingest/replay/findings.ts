import {
  keptFailures,
  keptSamples,
  type RunFailure,
  type RunSample,
} from "#server/services/dead-letter/run-view.ts";

/** Samples that a dry-run keeps. */
const mostSamples = 20;
const mostFailures = 50;
const others = "Other causes.";

/** What a run shows beside its counts; kept with the run, so that whoever goes on with it adds to it. */
export class Findings {
  readonly #failures: Map<string, { count: number; readonly id: string }>;
  readonly #samples: RunSample[];

  constructor(kept: { readonly failures: unknown; readonly samples: unknown }) {
    const failures = keptFailures.parse(kept.failures);
    this.#failures = new Map(failures.map(({ detail, count, id }) => [detail, { count, id }]));
    this.#samples = [...keptSamples.parse(kept.samples)];
  }

  /** A copy, to be thrown away when its transaction is not committed. */
  copy(): Findings {
    return new Findings({ failures: this.failures(), samples: this.#samples });
  }

  /** Counts a letter that still fails. Which reading of a batch it was tells causes apart for nobody. */
  fail(detail: string, id: string): void {
    const cause = detail.replace(/^Reading \d+: /, "");
    const key = this.#failures.size >= mostFailures && !this.#failures.has(cause) ? others : cause;
    const known = this.#failures.get(key);
    if (known === undefined) this.#failures.set(key, { count: 1, id });
    else known.count += 1;
  }

  get wantsSamples(): boolean {
    return this.#samples.length < mostSamples;
  }

  show(sample: RunSample): void {
    if (this.wantsSamples) this.#samples.push(sample);
  }

  failures(): readonly RunFailure[] {
    return Array.from(this.#failures, ([detail, { count, id }]) => ({ detail, count, id }));
  }

  samples(): readonly RunSample[] {
    return this.#samples;
  }
}
