/** Words of saved views; what a page calls its own is with the page. */
export const savedViewText = {
  views: "Views",
  save: "Save this view…",
  keep: "Put this state into the view",
  rename: "Rename or share…",
  remove: "Remove the view",
  own: "Mine",
  shared: "Of the organisation",
  titleNew: "Save a view",
  titleChange: "Change the view",
  name: "Name",
  share: "Everybody of the organisation sees it",
  saved: (name: string) => `The view ${name} is saved`,
  removed: (name: string) => `The view ${name} is removed`,
  confirm: "Save",
  cancel: "Cancel",
} as const;
