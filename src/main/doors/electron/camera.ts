import type { WebContents } from 'electron';
import { PAGE_ORIGIN } from './page-address.ts';

/** What Electron says of a wish for the camera, whether it asks or only looks. */
interface Wish {
  readonly isMainFrame?: boolean;
  readonly securityOrigin?: string | undefined;
  readonly embeddingOrigin?: string | undefined;
  /** Where it asks. */
  readonly mediaTypes?: readonly string[] | undefined;
  /** Where it looks. */
  readonly mediaType?: string | undefined;
}

/**
 * Which windows may use the camera at this moment: those whose scan dialog is open. Everything else
 * about devices stays refused, to everybody and always.
 */
export class CameraLeave {
  readonly #open = new Set<WebContents>();

  /** The scan dialog of a window has opened or closed. */
  set(contents: WebContents, isOpen: boolean): void {
    if (!isOpen) this.#open.delete(contents);
    else if (!this.#open.has(contents)) this.#watch(contents);
  }

  /** Whether a window may use what it wishes for: our own page, its top frame, the picture and never the sound. */
  allows(contents: WebContents | null, permission: string, wish: Wish | undefined): boolean {
    if (permission !== 'media' || contents === null || wish === undefined) return false;
    if (!this.#open.has(contents) || wish.isMainFrame !== true || wish.embeddingOrigin !== undefined)
      return false;
    const types = wish.mediaTypes ?? [wish.mediaType];
    if (types.length === 0 || types.some((type) => type !== 'video')) return false;
    return isOurOrigin(wish.securityOrigin);
  }

  /** A page that is gone, goes elsewhere or crashed has no dialog open any more. */
  #watch(contents: WebContents): void {
    this.#open.add(contents);
    const forget = () => {
      this.#open.delete(contents);
      contents.off('did-start-navigation', onNavigation);
      contents.off('render-process-gone', forget);
      contents.off('destroyed', forget);
    };
    const onNavigation = (details: { readonly isMainFrame: boolean; readonly isSameDocument: boolean }) => {
      if (details.isMainFrame && !details.isSameDocument) forget();
    };
    contents.on('did-start-navigation', onNavigation);
    contents.on('render-process-gone', forget);
    contents.on('destroyed', forget);
  }
}

/** Chromium writes the origin of a page with a slash behind it. */
const isOurOrigin = (origin: string | undefined) => origin === PAGE_ORIGIN || origin === `${PAGE_ORIGIN}/`;
