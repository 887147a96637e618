/** The class of the handle by which a widget is dragged. */
export const dragHandleClass = "dashboard-drag-handle";
