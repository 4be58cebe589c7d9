type Props = { readonly state: 'open' | 'shut'; readonly label?: string }

const BOW = { open: 'M5 7V4.5a3 3 0 0 1 5.8-1', shut: 'M5 7V4.5a3 3 0 0 1 6 0V7' }

/** A padlock, open or shut. Its label is for who cannot see it, where no words stand beside it. */
export function Padlock({ state, label }: Props) {
  const look = { className: `padlock padlock-${state}`, viewBox: '0 0 16 16' }
  const shape = (
    <>
      <path d={BOW[state]} fill="none" />
      <rect x="3" y="7" width="10" height="7" rx="1.5" />
    </>
  )
  if (label === undefined)
    return (
      <svg {...look} aria-hidden="true">
        {shape}
      </svg>
    )
  return (
    <svg {...look} role="img" aria-label={label}>
      {shape}
    </svg>
  )
}
