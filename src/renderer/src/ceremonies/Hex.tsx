import { Fragment } from 'react';

const GROUP = 4;

/** A hash as people read it aloud and note it: in fours. What is copied has no blanks. */
export function Hex({ text }: { readonly text: string }) {
  const groups = /^[0-9a-f]{16,}$/.test(text) ? text.match(new RegExp(`.{1,${GROUP}}`, 'g'))! : [text];
  return (
    <span className="cs-mono cs-hex">
      {groups.map((group, at) => (
        <Fragment key={at}>
          <span>{group}</span>
          <wbr />
        </Fragment>
      ))}
    </span>
  );
}
