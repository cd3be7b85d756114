/** The calibration of the engine, as data. Made by `bench/calibrate.ts`; not written by hand. */
import type { CalibrationMap } from './calibration.ts';

export const CALIBRATION: CalibrationMap = {
  version: 'corpus-1/1001-1004',
  learnedFrom: '126684 explanations of 120000 payments of seeds 1001, 1002, 1003, 1004',
  points: {
    clear: [
      {
        logOdds: 3.466623,
        right: 0.962963,
      },
      {
        logOdds: 4.495586,
        right: 0.997305,
      },
      {
        logOdds: 14.030956,
        right: 0.999991,
      },
    ],
    chance: [
      {
        logOdds: -16.937211,
        right: 0.000563,
      },
      {
        logOdds: -13.60105,
        right: 0.00075,
      },
      {
        logOdds: -10.720994,
        right: 0.000986,
      },
      {
        logOdds: -4.701823,
        right: 0.001863,
      },
      {
        logOdds: -2.762145,
        right: 0.028037,
      },
      {
        logOdds: -1.465868,
        right: 0.259259,
      },
      {
        logOdds: -0.48884,
        right: 0.481481,
      },
      {
        logOdds: -0.007935,
        right: 0.500864,
      },
      {
        logOdds: 1.147508,
        right: 0.851852,
      },
      {
        logOdds: 2.46417,
        right: 0.961538,
      },
      {
        logOdds: 4.066297,
        right: 0.963504,
      },
      {
        logOdds: 5.336319,
        right: 0.970297,
      },
      {
        logOdds: 6.283273,
        right: 0.995098,
      },
    ],
    contradicted: [
      {
        logOdds: -11.337719,
        right: 0.000183,
      },
      {
        logOdds: -6.254068,
        right: 0.001504,
      },
      {
        logOdds: -4.972687,
        right: 0.005839,
      },
      {
        logOdds: -4.428673,
        right: 0.015152,
      },
      {
        logOdds: -2.64077,
        right: 0.233766,
      },
      {
        logOdds: 1.185907,
        right: 0.529116,
      },
      {
        logOdds: 4.7091,
        right: 0.818182,
      },
      {
        logOdds: 10.834453,
        right: 0.941176,
      },
    ],
  },
};
