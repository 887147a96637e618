/** A bar of what is done, 0 to 1; beside it stands the same in words. */
export function Progress({ label, share }: { readonly label: string; readonly share: number }) {
  return (
    <progress
      aria-label={label}
      max={1}
      value={Math.min(1, share)}
      className="block h-2 w-full appearance-none overflow-hidden rounded-full bg-sunken [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-sunken [&::-webkit-progress-value]:bg-accent"
    />
  );
}
