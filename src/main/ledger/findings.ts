/** One law check as the contract shows it. */
export interface LedgerCheck {
  readonly name: string;
  readonly ok: boolean;
  /** How many things were looked at: a check that read nothing says so. */
  readonly examined: number;
  readonly findings: string[];
}

/** Called between two steps of a check: whoever shares the thread gives the others their turn there. */
export type Breathe = () => void | Promise<void>;

/** Findings beyond these are counted, not listed. */
const LISTED_FINDINGS = 20;

/** Gathers what a check looks at and finds. */
export class CheckLog {
  examined = 0;
  #count = 0;
  readonly #listed: string[] = [];
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  /** Counts one thing looked at; where `ok` is false, `finding` says what is wrong with it. */
  expect(ok: boolean, finding: () => string): void {
    this.examined += 1;
    if (!ok) this.fail(finding());
  }

  fail(finding: string): void {
    this.#count += 1;
    if (this.#listed.length < LISTED_FINDINGS) this.#listed.push(finding);
  }

  result(): LedgerCheck {
    const more = this.#count - this.#listed.length;
    return {
      name: this.#name,
      ok: this.#count === 0,
      examined: this.examined,
      findings: more > 0 ? [...this.#listed, `… and ${more} more`] : [...this.#listed],
    };
  }
}
