import type { Shell, WebContents } from 'electron';
import { openExternal } from './external.ts';

/**
 * Nails every page to where it is: no navigation, redirection, frame, webview or window of the
 * page's own making. Runs for each WebContents, whoever creates it.
 */
export function hardenContents(contents: WebContents, shell: Shell): void {
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => event.preventDefault());
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    openExternal(shell, url);
    return { action: 'deny' };
  });
}
