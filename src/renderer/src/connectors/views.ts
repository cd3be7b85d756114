/** The parts of the screen, as the path names them. */
export const views = ['connectors', 'dead-letters'] as const;
export type View = (typeof views)[number];
