/** The calibration of the engine, as data. Made by `bench/calibrate.ts`; not written by hand. */
import type { CalibrationMap } from './calibration.ts';

export const CALIBRATION: CalibrationMap = {
  version: 'corpus-1/1001-1004',
  learnedFrom: '113506 explanations of 120000 payments of seeds 1001, 1002, 1003, 1004',
  points: {
    clear: [
      {
        logOdds: 3.438623,
        right: 0.962963,
      },
      {
        logOdds: 4.492914,
        right: 0.997319,
      },
      {
        logOdds: 14.03116,
        right: 0.999991,
      },
    ],
    chance: [
      {
        logOdds: -3.014468,
        right: 0.068493,
      },
      {
        logOdds: -1.226963,
        right: 0.259259,
      },
      {
        logOdds: -0.381701,
        right: 0.481481,
      },
      {
        logOdds: -0.007486,
        right: 0.501733,
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
        logOdds: -2.814963,
        right: 0.202381,
      },
      {
        logOdds: 1.183613,
        right: 0.529454,
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
