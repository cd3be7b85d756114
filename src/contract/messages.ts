/** Kinds of input file the console tells apart by their content. */
export const messageTypes = [
  'camt.052',
  'camt.053',
  'camt.054',
  'mt940',
  'mt942',
  'customers',
  'invoices',
  'unknown',
] as const;
export type MessageType = (typeof messageTypes)[number];

/** Warnings of an accepted file: stable words with one sentence each. */
export const messagesWarnings = {
  ENCODING_FALLBACK: 'The bytes are not UTF-8 and were read as ISO-8859-1.',
  BALANCE_CURRENCY:
    'A booked balance is given in a currency for which its counterpart is missing; it was not checked.',
  BALANCE_DATES: 'The closing balance is dated before the opening balance.',
  BOOKING_DATE_ASSUMED:
    'An entry has no booking date; its value date or the date of the statement stands in.',
  ENTRY_CURRENCY: 'An entry is in another currency than the account.',
  DETAILS_DO_NOT_ADD_UP:
    'The details of an entry do not add up to it; the entry is taken as one transaction.',
  RF_CHECK_DIGITS: 'A creditor reference has wrong ISO 11649 check digits and is kept as plain text.',
  IBAN_CHECK_DIGITS: 'An account that is given as an IBAN has wrong check digits and is kept as given.',
  SEQUENCE_MISSING: 'The statement has no sequence number.',
  MT_TAG_IGNORED: 'A tag that the statement does not know was left out.',
  MT_MISSING_END: 'The last message of the file has no end mark.',
  CSV_COLUMN_IGNORED: 'A column that is not known was left out.',
  SUMMARY_MISMATCH: 'The count or sum that the bank gives differs from the entries.',
} as const;
export type MessageWarning = keyof typeof messagesWarnings;

export const messagesErrors = {
  MESSAGE_TYPE_UNKNOWN: 'The content is none of the formats the console reads.',
  MESSAGE_TRUNCATED: 'The file ends before the message does.',
  MESSAGE_ENCODING: 'The bytes are not valid in the encoding the file declares.',
  XML_MALFORMED: 'The XML is not well-formed.',
  XML_FORBIDDEN: 'The XML holds a DTD, an entity or a nesting that is refused for safety.',
  CAMT_NAMESPACE: 'The XML namespace is not a version of camt.052, camt.053 or camt.054 that is read.',
  CAMT_FIELD_MISSING: 'A field that the message must have is missing.',
  CAMT_FIELD_INVALID: 'A field of the message has a value that is not allowed.',
  MT_FIELD_MISSING: 'A tag that the statement must have is missing.',
  MT_FIELD_INVALID: 'A tag of the statement does not have the form the standard asks for.',
  AMOUNT_INVALID: 'The amount is not an unsigned decimal number.',
  AMOUNT_SCALE: 'The amount has digits beyond the scale of its currency.',
  CURRENCY_UNKNOWN: 'ISO 4217 has no such currency.',
  DATE_INVALID: 'The date does not exist or is not written as YYYY-MM-DD.',
  CSV_MALFORMED: 'The CSV breaks RFC 4180: a quote that does not close, or a row of another width.',
  CSV_COLUMN_MISSING: 'A column that is needed is missing from the header.',
  CSV_VALUE_INVALID: 'A value of the CSV is not of the form its column asks for.',
  PARSE_OUT_OF_MEMORY: 'The file needs more memory to parse than any message may.',
  FIELD_TOO_LONG: 'A field holds more text than any message may.',
  CSV_DUPLICATE: 'The same number stands twice in the file.',
  MESSAGE_TOO_LARGE: 'The message is larger than a single message may be.',
  JSON_MALFORMED: 'The JSON is not well-formed.',
  JSON_FORBIDDEN: 'The JSON nests too deep or holds more values than a message may.',
  JSON_DUPLICATE_KEY: 'The same name stands twice in one JSON object.',
  JSON_FORM: 'A value of the JSON does not have the form that ISO 20022 gives it.',
  INSTANT_KIND_UNKNOWN: 'The message is not one of pacs.008, pacs.002, pacs.004, camt.054 and camt.056.',
  INSTANT_NAMESPACE: 'The namespace or message name is not that of the message it holds.',
  AMOUNT_ZERO: 'The amount is zero where money must move.',
  DATE_IN_FUTURE: 'The settlement or booking date lies beyond tomorrow.',
  GROUP_HEADER_MISMATCH: 'The count or sum in the group header differs from the transactions.',
  IBAN_INVALID: 'The IBAN has wrong check digits, length or country.',
} as const;
