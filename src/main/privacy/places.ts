/** What becomes of a value that tells of an erased party, by the column it lies in. */

/**
 * `erase`: it goes. `keep`: it is not the party's alone, so it must go by its own time first, which
 * refuses the erasure. `ours`: it tells of us, never of a party.
 */
export type Fate = 'erase' | 'keep' | 'ours';

const FATES: Readonly<Record<string, Fate>> = {
  'bank_account.content': 'ours',
  'operator.name': 'ours',
  'operator.totp_secret': 'ours',
  'hsm_token_file.content': 'ours',
  'key_pair.private_key': 'ours',
  'connector.settings': 'ours',
  'connector.secret': 'ours',
  'connector_key.secret': 'ours',
  'ceremony.header': 'ours',
  'ceremony.secret': 'ours',
  'ceremony_share.share': 'ours',
  'statement.header': 'erase',
  'bank_transaction.content': 'erase',
  'customer_version.content': 'erase',
  'customer_iban.iban': 'erase',
  'open_item.structured_reference': 'erase',
  'match.note': 'erase',
  'match_end.note': 'erase',
  'match_rejection.note': 'erase',
  'match_rejection_end.note': 'erase',
  'dead_letter.note': 'erase',
  'instant_message.raw': 'erase',
  'instant_part.content': 'erase',
  'import.file_name': 'erase',
  'import.result': 'erase',
  'break_event.note': 'erase',
  'incident.content': 'erase',
  'incident_event.note': 'erase',
  'saved_view.content': 'erase',
  'desk_rule_version.definition': 'erase',
  'privacy_search.party': 'erase',
  'privacy_hold.party': 'erase',
  'privacy_hold.reason': 'erase',
  'privacy_hold.release_reason': 'erase',
  'privacy_look.reason': 'erase',
  'audit_record.detail': 'erase',
};

/** A column that nobody has decided on keeps what it holds: nothing is erased by mistake. */
export const fateOf = (place: string): Fate => FATES[place] ?? 'keep';
