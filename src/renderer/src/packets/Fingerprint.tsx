import './packets.css';

/** A key in a form that two people can read to each other: groups of four, eight to a line. */
export function Fingerprint({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <div className="cs-fingerprint">
      <span>{label}</span>
      <code className="cs-mono">{(value.match(/.{1,4}/g) ?? []).join(' ')}</code>
    </div>
  );
}

/** What a card says its key is; the engine checks it where the card is enrolled. */
export function fingerprintOfCard(text: string): string {
  try {
    const card: unknown = JSON.parse(text);
    const said = (card as { fingerprint?: unknown } | null)?.fingerprint;
    return typeof said === 'string' ? said : '';
  } catch {
    return '';
  }
}
