/** The parts of the screen, as the path names them. */
export const views = ['retention', 'holds', 'erase', 'looks'] as const;
export type View = (typeof views)[number];
