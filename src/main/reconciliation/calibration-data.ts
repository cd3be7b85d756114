/** The calibration of the engine, as data. Made by `bench/calibrate.ts`; not written by hand. */
import type { CalibrationMap } from './calibration.ts';

export const CALIBRATION: CalibrationMap = {
  version: 'corpus-2/1001-1004',
  learnedFrom: '125011 explanations of 120000 payments of seeds 1001, 1002, 1003, 1004',
  points: {
    clear: [
      {
        logOdds: 3.497456,
        right: 0.962963,
      },
      {
        logOdds: 4.535973,
        right: 0.997183,
      },
      {
        logOdds: 14.039975,
        right: 0.999991,
      },
    ],
    chance: [
      {
        logOdds: -15.673635,
        right: 0.000416,
      },
      {
        logOdds: -6.382471,
        right: 0.000814,
      },
      {
        logOdds: -3.26405,
        right: 0.003876,
      },
      {
        logOdds: -2.701532,
        right: 0.012658,
      },
      {
        logOdds: -1.779548,
        right: 0.222222,
      },
      {
        logOdds: -0.788647,
        right: 0.296296,
      },
      {
        logOdds: -0.011988,
        right: 0.498294,
      },
      {
        logOdds: 1.313638,
        right: 0.903846,
      },
      {
        logOdds: 8.620273,
        right: 0.916459,
      },
      {
        logOdds: 14.923647,
        right: 0.966667,
      },
    ],
    contradicted: [
      {
        logOdds: -12.894622,
        right: 0.000246,
      },
      {
        logOdds: -8.125995,
        right: 0.000742,
      },
      {
        logOdds: -6.285208,
        right: 0.002101,
      },
      {
        logOdds: -5.427843,
        right: 0.002959,
      },
      {
        logOdds: -4.921551,
        right: 0.005731,
      },
      {
        logOdds: -4.500261,
        right: 0.017094,
      },
      {
        logOdds: -2.606685,
        right: 0.283784,
      },
      {
        logOdds: 1.881486,
        right: 0.438585,
      },
      {
        logOdds: 6.391903,
        right: 0.777778,
      },
      {
        logOdds: 10.247353,
        right: 0.928571,
      },
    ],
  },
};
