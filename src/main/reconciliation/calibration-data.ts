/** The calibration of the engine, as data. Made by `bench/calibrate.ts`; not written by hand. */
import type { CalibrationMap } from './calibration.ts';

export const CALIBRATION: CalibrationMap = {
  version: 'corpus-1/1001-1004',
  learnedFrom: '126760 explanations of 120000 payments of seeds 1001, 1002, 1003, 1004',
  points: {
    clear: [
      {
        logOdds: 2.371969,
        right: 0.962963,
      },
      {
        logOdds: 4.532863,
        right: 0.997835,
      },
      {
        logOdds: 6.368463,
        right: 0.998642,
      },
      {
        logOdds: 8.044024,
        right: 0.998878,
      },
      {
        logOdds: 9.02536,
        right: 0.999038,
      },
      {
        logOdds: 9.50601,
        right: 0.999302,
      },
      {
        logOdds: 10.392597,
        right: 0.999521,
      },
      {
        logOdds: 14.755679,
        right: 0.99999,
      },
    ],
    chance: [
      {
        logOdds: -15.454931,
        right: 0.000322,
      },
      {
        logOdds: -10.72666,
        right: 0.000898,
      },
      {
        logOdds: -7.926498,
        right: 0.002538,
      },
      {
        logOdds: -3.820844,
        right: 0.004077,
      },
      {
        logOdds: -2.762145,
        right: 0.037383,
      },
      {
        logOdds: -1.538287,
        right: 0.259259,
      },
      {
        logOdds: -0.614666,
        right: 0.444444,
      },
      {
        logOdds: -0.009004,
        right: 0.500865,
      },
      {
        logOdds: 1.108288,
        right: 0.888889,
      },
      {
        logOdds: 3.589554,
        right: 0.968421,
      },
      {
        logOdds: 5.283429,
        right: 0.971154,
      },
      {
        logOdds: 6.285191,
        right: 0.995305,
      },
    ],
    contradicted: [
      {
        logOdds: -14.12824,
        right: 0.00042,
      },
      {
        logOdds: -10.505523,
        right: 0.000745,
      },
      {
        logOdds: -8.266648,
        right: 0.00084,
      },
      {
        logOdds: -7.15713,
        right: 0.000863,
      },
      {
        logOdds: -5.574539,
        right: 0.007143,
      },
      {
        logOdds: -5.043512,
        right: 0.01139,
      },
      {
        logOdds: -4.629195,
        right: 0.021898,
      },
      {
        logOdds: -2.728431,
        right: 0.222222,
      },
      {
        logOdds: 1.191062,
        right: 0.534767,
      },
      {
        logOdds: 3.806325,
        right: 0.62963,
      },
      {
        logOdds: 5.331034,
        right: 0.740741,
      },
      {
        logOdds: 12.827937,
        right: 0.8,
      },
    ],
  },
};
