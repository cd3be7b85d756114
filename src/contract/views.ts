import { z } from 'zod';
import { id, own, query } from './common.ts';

export const viewsErrors = {
  VIEW_UNKNOWN: 'There is no such view, or it is not yours.',
  VIEW_TOO_MANY: 'More views of one screen are not kept; remove one first.',
} as const;

/** Screens that views are kept of. */
export const viewScreens = ['reconciliation'] as const;
export type ViewScreen = (typeof viewScreens)[number];
const screen = z.enum(viewScreens);

export const VIEW_LIMITS = { views: 40, name: 40, filters: 8, value: 100 } as const;

/** Filters as they stand in the address of the screen. */
const filters = z
  .record(
    z.string().regex(/^[a-zA-Z]{1,20}$/, 'expected the name of a filter'),
    z.string().max(VIEW_LIMITS.value),
  )
  .refine((value) => Object.keys(value).length <= VIEW_LIMITS.filters, 'too many filters');

export const savedView = z.object({
  id,
  /** In the words of whoever reads it: nobody sees another's views, so no mask is laid over them. */
  name: z.string(),
  filters: z.record(z.string(), z.string()),
});
export type SavedView = z.infer<typeof savedView>;

export const views = {
  /** One's own views of a screen, by name. */
  list: query('read').input(z.object({ screen })).output(z.array(savedView)),
  /** Keeps the filters under a name; what was kept under it before is replaced. */
  save: own('read')
    .input(z.object({ screen, name: z.string().trim().min(1).max(VIEW_LIMITS.name), filters }))
    .output(savedView),
  remove: own('read').input(z.object({ id })).output(z.object({})),
};
