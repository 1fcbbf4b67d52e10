namespace SimpleFlow;

/// <summary>A copy of what some variables hold, to put back later.</summary>
internal sealed class VariableValues
{
    private readonly IReadOnlyList<Variable> _variables;
    private readonly float[][] _kept;

    /// <summary>Copies what they hold now.</summary>
    public VariableValues(IEnumerable<Variable> variables)
    {
        _variables = [.. variables];
        _kept = [.. _variables.Select(variable => new float[variable.Memory.Length])];
        Keep();
    }

    public IReadOnlyList<Variable> Variables => _variables;

    public float[] this[int index] => _kept[index];

    /// <summary>Copies what they hold now.</summary>
    public void Keep()
    {
        for (var i = 0; i < _kept.Length; i++) _variables[i].Memory.Span.CopyTo(_kept[i]);
    }

    /// <summary>Lets them hold what was copied.</summary>
    public void PutBack()
    {
        for (var i = 0; i < _kept.Length; i++) _kept[i].CopyTo(_variables[i].Memory.Span);
    }

    /// <summary>Exchanges what they hold with what was copied.</summary>
    public void Exchange()
    {
        for (var i = 0; i < _kept.Length; i++)
        {
            var held = _variables[i].Memory.Span;
            for (var j = 0; j < held.Length; j++) (held[j], _kept[i][j]) = (_kept[i][j], held[j]);
        }
    }
}
