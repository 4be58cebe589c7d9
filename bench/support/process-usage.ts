import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

if (!existsSync('/proc/self/stat'))
  throw new Error('CPU time and memory are read from /proc: run this on Linux.')

const MICROS_PER_TICK = 1e6 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

/** Returns the CPU time, in microseconds, of all threads of a process and of its children. */
export function readCpuMicros(pid: number): number {
  return [pid, ...listChildren(pid)].reduce((sum, id) => sum + readOwnCpuMicros(id), 0)
}

/** Returns the CPU time, in microseconds, of the children of this process that have ended. */
export function readChildrenCpuMicros(): number {
  const { cutime, cstime } = readStat('self')
  return (cutime + cstime) * MICROS_PER_TICK
}

function readOwnCpuMicros(pid: number): number {
  const { utime, stime } = readStat(pid)
  return (utime + stime) * MICROS_PER_TICK
}

/** Reads times in ticks. */
function readStat(pid: number | 'self') {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // proc_pid_stat(5): the times are fields 14 to 17; field 2, the name, may contain spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [utime = 0, stime = 0, cutime = 0, cstime = 0] = fields.slice(11, 15).map(Number)
  return { utime, stime, cutime, cstime }
}

/** Returns the resident memory of a process in MB (10^6 bytes). */
export function readResidentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return (Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024) / 1e6
}

/** Returns the ids of a process's running children. */
export function listChildren(pid: number): readonly number[] {
  const ids = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return ids.split(' ').filter(Boolean).map(Number)
}
