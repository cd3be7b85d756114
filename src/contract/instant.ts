export const instantErrors = {
  INSTANT_NOT_READY: 'What is owed is still being read into memory; the message waits.',
  INSTANT_MESSAGE_REUSED: 'A message of that id came before and said something else.',
  INSTANT_ACCOUNT_UNKNOWN: 'The payment is on no account that a statement has named as ours.',
  INSTANT_RETURN_EXCEEDS: 'More would go back than the payment has brought.',
  INSTANT_SEVERAL_PAYMENTS: 'The references are those of several payments.',
} as const;
