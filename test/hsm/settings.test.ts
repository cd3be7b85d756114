import { expect, test } from 'vitest';
import { engineSettings } from '../../src/main/doors/shared/settings.ts';

test.each([
  [{}, undefined],
  [{ COUNTERSIGN_TOKEN: 'utimaco' }, { profile: 'utimaco' }],
  [{ COUNTERSIGN_TOKEN: 'nobody', COUNTERSIGN_TOKEN_PIN: 'p' }, undefined],
  [
    { COUNTERSIGN_TOKEN: 'utimaco', COUNTERSIGN_TOKEN_PIN: 'p' },
    { profile: 'utimaco', pin: 'p' },
  ],
  [
    { COUNTERSIGN_TOKEN: 'yubihsm2:77', COUNTERSIGN_TOKEN_PIN: 'p', COUNTERSIGN_TOKEN_LIBRARY: '/l.so' },
    { profile: 'yubihsm2', serial: '77', pin: 'p', library: '/l.so' },
  ],
])('the token of a vault slot comes from the environment: %o', (environment, token) => {
  expect(engineSettings(environment).token).toEqual(token);
});

test.each([
  [{}, undefined],
  [{ COUNTERSIGN_CARD: 'nobody' }, undefined],
  [{ COUNTERSIGN_CARD: 'smart-card' }, { profile: 'smart-card' }],
  [{ COUNTERSIGN_CARD_LIBRARY: '/l.so' }, { profile: 'smart-card', library: '/l.so' }],
  [
    { COUNTERSIGN_CARD: 'yubihsm2', COUNTERSIGN_CARD_LIBRARY: '/l.so', COUNTERSIGN_CARD_CONFIGURATION: '/c' },
    { profile: 'yubihsm2', library: '/l.so', configuration: '/c' },
  ],
])('how cards are read comes from the environment: %o', (environment, card) => {
  expect(engineSettings(environment).card).toEqual(card);
});
