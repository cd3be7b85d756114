import type { ReactNode } from 'react';
import { Banner } from '../app/Banner.tsx';
import { t as appWords } from '../app/messages.ts';
import './vault.css';

/** What every screen before the frame stands in: the line of the connection, the name, and one box. */
export function GateFrame({ children }: { readonly children: ReactNode }) {
  return (
    <div className="cs-gate">
      <Banner />
      <main className="cs-gate-box">
        <p className="cs-gate-brand">
          <span className="cs-brand-mark" aria-hidden="true" />
          {appWords('app.name')}
        </p>
        {children}
      </main>
    </div>
  );
}
