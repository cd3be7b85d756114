import { EXIT, UsageError } from './exit-codes.ts';

const FIRST_SEED = 1;

export function checkBenchOperands(operands: readonly string[]): void {
  if (operands.length === 1 && operands[0] === 'matching') return;
  throw new UsageError('bench is followed by matching.');
}

/** `bench matching`: the report of one seed. Its exit code tells whether anything was matched falsely. */
export async function benchCommand(
  { seed = FIRST_SEED }: { readonly seed: number | undefined },
  options: { readonly signal: AbortSignal; readonly say: (text: string) => void },
) {
  const { benchmarkText, runBenchmark } = await import('../../benchmark/index.ts');
  const report = await runBenchmark(seed, options);
  const exitCode = report.all.falseMatches === 0 ? EXIT.done : EXIT.notVerified;
  return { json: report, text: benchmarkText(report), exitCode };
}
