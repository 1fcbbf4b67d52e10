using System.Runtime.InteropServices;
using SimpleFlow.Execution;

namespace SimpleFlow;

/// <summary>Losses and metrics of the batches so far.</summary>
internal sealed class RunningTotals
{
    private readonly BatchTotals _totals;
    private readonly double[] _sums;
    private long _rows;

    public RunningTotals(BatchTotals totals)
    {
        (_totals, _sums) = (totals, new double[totals.Length]);
        Clear();
    }

    /// <summary>A loss or metric over the rows so far; NaN before the first.</summary>
    public double this[int index] => _rows == 0 ? double.NaN : _totals.Of(index, _sums, _rows);

    public (double[] Sums, long Rows) State => ([.. _sums], _rows);

    /// <summary>Adds a batch.</summary>
    /// <param name="executable">The plan that has computed it.</param>
    /// <param name="first">Which of its outputs is the first of the parts.</param>
    /// <param name="rows">How many rows the batch had.</param>
    public void Add(Executable executable, int first, int rows)
    {
        _rows += rows;
        for (var i = 0; i < _totals.Parts.Count; i++)
        {
            var part = _totals.Parts[i];
            var values = executable.Output(first + i).Span;
            for (var j = 0; j < values.Length; j++)
            {
                ref var sum = ref _sums[part.Start + j];
                sum = part.Kind switch
                {
                    TotalKind.Mean => sum + (double)values[j] * rows,
                    TotalKind.Sum => sum + values[j],
                    _ => Math.Max(sum, values[j]),
                };
            }
        }
    }

    /// <summary>Adds what other ranks have added up, in the order of the ranks.</summary>
    public void AddUp(Cluster cluster)
    {
        double[] own = [.. _sums, _rows];
        var all = new double[own.Length * cluster.Size];
        cluster.AllGather(MemoryMarshal.AsBytes<double>(own), MemoryMarshal.AsBytes(all.AsSpan()));
        Clear();
        for (var rank = 0; rank < cluster.Size; rank++)
        {
            var sums = all.AsSpan(rank * own.Length, own.Length);
            foreach (var part in _totals.Parts)
            {
                for (var i = part.Start; i < part.Start + part.Count; i++)
                    _sums[i] = part.Kind == TotalKind.Max ? Math.Max(_sums[i], sums[i]) : _sums[i] + sums[i];
            }
            _rows += (long)sums[^1];
        }
    }

    public void Restore(double[] sums, long rows)
    {
        if (rows == 0) return;
        sums.CopyTo(_sums, 0);
        _rows = rows;
    }

    public void Clear()
    {
        foreach (var part in _totals.Parts)
            Array.Fill(_sums, part.Kind == TotalKind.Max ? double.NegativeInfinity : 0, part.Start, part.Count);
        _rows = 0;
    }
}
