export const sealingErrors = {
  SEALED_VALUE_MISSING: 'The sealed value was erased or never existed.',
  SEALED_VALUE_DAMAGED: 'The sealed value does not open: it was changed, moved, or sealed for another place.',
  SEALING_KEY_MISSING: 'The key that sealed this value was destroyed or cannot be unwrapped.',
} as const;
