namespace SimpleFlow;

/// <summary>Averages over batches, weighted by their rows.</summary>
internal sealed class RunningAverages(int count)
{
    private readonly double[] _sums = new double[count];
    private long _rows;
    private int _weight;

    public double this[int index] => _rows == 0 ? double.NaN : _sums[index] / _rows;

    public void Begin(int rows) => _rows += _weight = rows;

    public void Add(int index, double value) => _sums[index] += value * _weight;

    public (double[] Sums, long Rows) State => ([.. _sums], _rows);

    public void Restore(double[] sums, long rows)
    {
        sums.CopyTo(_sums, 0);
        _rows = rows;
    }

    public void Clear()
    {
        Array.Clear(_sums);
        _rows = 0;
    }
}
