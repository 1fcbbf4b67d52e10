using System.Numerics.Tensors;

namespace SimpleFlow;

/// <summary>The loss of a batch and its gradients, computed as in training, without a step.</summary>
public sealed class LossGradients
{
    private readonly IReadOnlyList<Tensor<float>> _gradients;

    internal LossGradients(StepResult result, IReadOnlyList<Variable> variables, IReadOnlyList<Tensor<float>> gradients) =>
        (Result, Variables, _gradients) = (result, variables, gradients);

    /// <summary>The loss.</summary>
    public float Loss => Result.Loss;

    /// <summary>The loss and the metrics.</summary>
    public StepResult Result { get; }

    /// <summary>The variables, in the order in which the graph reaches them.</summary>
    public IReadOnlyList<Variable> Variables { get; }

    /// <summary>The gradient of the loss by a variable, of its shape.</summary>
    /// <exception cref="KeyNotFoundException">The model does not train the variable.</exception>
    public Tensor<float> this[Variable variable]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(variable);
            for (var i = 0; i < Variables.Count; i++)
            {
                if (ReferenceEquals(Variables[i], variable)) return _gradients[i];
            }
            throw new KeyNotFoundException($"There is no gradient of `{variable.Name}`: the model does not train it, or it is frozen.");
        }
    }

    /// <summary>All gradients one after the other, in the order of <see cref="Variables"/>: what
    /// <see cref="VariableSet.ToVector"/> is for their values.</summary>
    public float[] ToVector()
    {
        var vector = new float[_gradients.Sum(gradient => (long)gradient.FlattenedLength)];
        var at = 0;
        foreach (var gradient in _gradients)
        {
            gradient.FlattenTo(vector.AsSpan(at));
            at += (int)gradient.FlattenedLength;
        }
        return vector;
    }
}
