/** Which seeds may be reported: thresholds and calibration are set on others. Pure. */
import { CountersignError } from '../base/index.ts';

/** Seeds of reports. */
export const REPORT_SEEDS = { from: 1, to: 999 } as const;
/** Seeds on which thresholds and the calibration are set; never reported. */
export const CALIBRATION_SEEDS = { from: 1_001, to: 1_999 } as const;

/** Errors: INPUT_INVALID where the seed is not one of reports. */
export function checkReportSeed(seed: number): void {
  if (Number.isInteger(seed) && seed >= REPORT_SEEDS.from && seed <= REPORT_SEEDS.to) return;
  throw new CountersignError(
    'INPUT_INVALID',
    `A report takes a seed from ${REPORT_SEEDS.from} to ${REPORT_SEEDS.to}; ${CALIBRATION_SEEDS.from} to ${CALIBRATION_SEEDS.to} are those on which thresholds are set.`,
    { seed },
  );
}
