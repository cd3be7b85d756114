import type { WebContents, WebFrameMain } from 'electron';
import { PAGE_ORIGIN } from './page-address.ts';

/**
 * Whether a message came from the top frame of one of our windows, showing our page. A frame that
 * has gone, or that navigated meanwhile, is refused.
 */
export function isOwnFrame(
  frame: WebFrameMain | null,
  sender: WebContents,
  windows: Iterable<WebContents>,
): frame is WebFrameMain {
  if (frame === null || frame.detached || frame.parent !== null || frame.origin !== PAGE_ORIGIN) return false;
  for (const contents of windows) if (contents === sender && contents.mainFrame === frame) return true;
  return false;
}
