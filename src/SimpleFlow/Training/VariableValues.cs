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

    /// <summary>Gives the copies to be saved: the arrays themselves, as they are written before anything else happens.</summary>
    public void Save(CallbackState state)
    {
        for (var i = 0; i < _kept.Length; i++) state.Tensors[$"{i}"] = _kept[i];
    }

    /// <summary>Takes over copies that were read from a file.</summary>
    /// <exception cref="DataException">They are of other variables.</exception>
    public void Restore(CallbackState state)
    {
        for (var i = 0; i < _kept.Length; i++)
        {
            if (!state.Tensors.TryGetValue($"{i}", out var values) || values.Length != _kept[i].Length)
                throw new DataException($"The checkpoint lacks what {state.Callback} saves of `{_variables[i].Name}`.");
            _kept[i] = values;
        }
    }

    /// <summary>Sets them to the copied values.</summary>
    public void PutBack()
    {
        using var _ = VariableAccess.Writing(_variables);
        for (var i = 0; i < _kept.Length; i++) _kept[i].CopyTo(_variables[i].Memory.Span);
    }

    /// <summary>Exchanges what they hold with what was copied.</summary>
    public void Exchange()
    {
        using var _ = VariableAccess.Writing(_variables);
        for (var i = 0; i < _kept.Length; i++)
        {
            var held = _variables[i].Memory.Span;
            for (var j = 0; j < held.Length; j++) (held[j], _kept[i][j]) = (_kept[i][j], held[j]);
        }
    }
}
