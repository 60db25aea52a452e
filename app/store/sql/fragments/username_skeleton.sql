-- Of a name that another release wrote, which is ASCII, what skeletonOf returns for it.
coalesce(
  u.username_skeleton,
  replace(translate(lower(u.username collate "C"), '01i', 'oll'), 'm', 'rn')
)
