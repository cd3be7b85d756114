import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CalibrationMap, calibrated, learnPoints } from '../../src/main/reconciliation/calibration.ts';
import { CALIBRATION } from '../../src/main/reconciliation/calibration-data.ts';
import { seeded } from './synthetic.ts';

const map = (points: CalibrationMap['points']['clear']): CalibrationMap => ({
  version: 'test',
  learnedFrom: 'test',
  points: { clear: points, chance: [], contradicted: [] },
});

describe('calibration', () => {
  test('between two points a straight line, beyond them their value, without any the odds themselves', () => {
    const two = map([
      { logOdds: 0, right: 0.4 },
      { logOdds: 2, right: 0.8 },
    ]);
    expect(calibrated(-5, 'clear', two)).toBe(0.4);
    expect(calibrated(1, 'clear', two)).toBeCloseTo(0.6);
    expect(calibrated(9, 'clear', two)).toBe(0.8);
    expect(calibrated(0, 'chance', two)).toBe(0.5);
  });

  test('what is learned comes true: odds that promise too much are taken down', () => {
    const random = seeded(5);
    const observations = Array.from({ length: 20_000 }, () => {
      const logOdds = random() * 12 - 4;
      // In truth they are worth half of what they say.
      return { logOdds, isRight: random() < 1 / (1 + Math.exp(-logOdds / 2)) };
    });
    const learned = map(learnPoints(observations));
    for (const logOdds of [-2, 0, 2, 4, 6]) {
      expect(calibrated(logOdds, 'clear', learned)).toBeCloseTo(1 / (1 + Math.exp(-logOdds / 2)), 1);
    }
  });

  test('more odds never mean less truth, and nothing is certain', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ logOdds: fc.double({ min: -20, max: 30, noNaN: true }), isRight: fc.boolean() }),
        ),
        (observations) => {
          const points = learnPoints(observations);
          points.forEach(({ right }, at) => {
            expect(right).toBeGreaterThan(0);
            expect(right).toBeLessThan(1);
            if (at > 0) expect(right).toBeGreaterThanOrEqual(points[at - 1]!.right);
          });
        },
      ),
    );
  });

  test('the learned map says where it comes from and rises', () => {
    expect(CALIBRATION.version).toMatch(/^corpus-\d+\/1\d{3}-1\d{3}$/);
    for (const points of Object.values(CALIBRATION.points)) {
      expect(points.length).toBeGreaterThan(1);
      points.forEach((point, at) => {
        if (at > 0) expect(point.right).toBeGreaterThanOrEqual(points[at - 1]!.right);
      });
    }
  });
});
