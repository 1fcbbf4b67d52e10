using System.Numerics.Tensors;

namespace SimpleFlow.Adversary;

/// <summary>What came of a program that has no fault.</summary>
public enum Outcome
{
    /// <summary>Every comparison holds.</summary>
    Agreed,

    /// <summary>Both readings refuse it by a typed error.</summary>
    Refused,

    /// <summary>Its values or gradients leave what float32 can compare.</summary>
    Unbounded,
}

/// <summary>A compiled result that is not what the plain reading says.</summary>
public sealed class Disagreement(string message) : Exception(message);

/// <summary>
/// Compares a program's compiled results with the plain reading, using public members alone:
/// predictions of one node and of all nodes, the loss and the gradients of a training step, other numbers of rows, and other
/// numbers of threads, which must not change a bit.
/// </summary>
internal sealed class Judge(RandomProgram program, Twin twin)
{
    private const float Rate = 1;

    public Outcome Verdict()
    {
        var outcome = Outcome.Refused;
        foreach (var rows in program.Batches)
        {
            var data = program.Data(rows);
            if (program.Predicted.Length > 0 && !Predict(program.Predicted, data)) continue;
            if (outcome != Outcome.Unbounded) outcome = Outcome.Agreed;
            if (program.Trains && !Train(data)) outcome = Outcome.Unbounded;
        }
        return outcome;
    }

    /// <summary>Whether the program computes at all with these data.</summary>
    /// <exception cref="Disagreement">The compiled reading differs from the plain one, or only one of them refuses.</exception>
    private bool Predict(Node[] nodes, ProgramData data)
    {
        var one = new Model(default, nodes[^1], threads: 1);
        var all = new Model(default, nodes, threads: 3);
        if (!Both(
                () => (Alone: Elements(one.Predict(data.Feed())), All: all.PredictAll(data.Feed())),
                () => PlainReading.Of(nodes, data.Feed()),
                out var compiled,
                out var plain))
        {
            return false;
        }
        var (alone, values) = compiled;
        if (!SameBits(alone, Elements(values[^1])))
            throw new Disagreement("a node predicted alone on one thread has other bits than among all nodes on three");
        var envelope = new Envelope(twin, data, same => same.Predicted);
        for (var i = 0; i < nodes.Length; i++)
        {
            if (!values[i].Lengths.SequenceEqual(plain[i].Lengths))
                throw new Disagreement(
                    $"{nodes[i]}: the shape is [{string.Join(", ", values[i].Lengths.ToArray())}], not "
                        + $"[{string.Join(", ", plain[i].Lengths.ToArray())}]");
            envelope.Require($"value of {program.Origin(nodes[i])}", i, Elements(values[i]), Elements(plain[i]));
        }
        return true;
    }

    /// <summary>Whether the step's numbers are such that float32 can be compared.</summary>
    private bool Train(ProgramData data)
    {
        var variables = program.Trained;
        var before = Array.ConvertAll(variables, variable => Elements(variable.Values));
        static Node[] Asked(RandomProgram of) => [of.Loss, .. Gradients.Of(of.Loss, of.Trained)];
        var asked = Asked(program);
        if (Refusal(() => Trainer(threads: 1), out _) is { } reason)
        {
            // What no gradient reaches cannot be trained: then all of them are 0.
            if (Refusal(() => PlainReading.Of(asked[1..], data.Feed()), out var slopes) is not null
                || slopes.All(slope => Elements(slope).All(value => value == 0)))
                return true;
            throw new Disagreement($"there are gradients, but: {reason}");
        }
        if (!Both(() => Step(data, threads: 1), () => PlainReading.Of(asked, data.Feed()).Select(Elements).ToArray(), out var one,
            out var plain))
            return true;
        if (plain.Any(values => values.Any(value => !double.IsFinite(value) || Math.Abs(value) > 1e6))) return false;
        if (one.NotFinite is not null) throw new Disagreement($"the plain gradients are finite, but: {one.NotFinite}");
        var two = Step(data, threads: 2);
        if (!one.After.Zip(two.After).All(pair => SameBits(pair.First, pair.Second)))
            throw new Disagreement("a training step on two threads gives other bits than on one");

        var envelope = new Envelope(twin, data, Asked);
        envelope.Require("loss", 0, [one.Loss], plain[0]);
        for (var i = 0; i < variables.Length; i++)
        {
            var moved = before[i].Zip(one.After[i], (was, now) => (was - now) / Rate).ToArray();
            envelope.Require($"gradient of {program.Origin(variables[i])}", 1 + i, moved, plain[1 + i],
                1e-4 + before[i].Select(MathF.Abs).DefaultIfEmpty().Max() * 1.2e-7);
        }
        return true;
    }

    private Model Trainer(int threads) => new(program.Loss, optimizer: new GradientDescent(Rate, 0), threads: threads);

    /// <summary>One step of gradient descent, after which the variables are put back.</summary>
    private (float Loss, float[][] After, string? NotFinite) Step(ProgramData data, int threads)
    {
        var model = Trainer(threads);
        try
        {
            var loss = model.Fit(data.Feed(), 1).Loss;
            return (loss, Array.ConvertAll(program.Trained, variable => Elements(variable.Values)), null);
        }
        catch (TrainingException error)
        {
            return (float.NaN, [], error.Message);
        }
        finally
        {
            program.Restore();
        }
    }

    /// <summary>Both readings; false where both refuse by typed errors.</summary>
    private static bool Both<TCompiled, TPlain>(Func<TCompiled> compiled, Func<TPlain> plain, out TCompiled compiledResult,
        out TPlain plainResult)
    {
        var compiledError = Refusal(compiled, out compiledResult);
        var plainError = Refusal(plain, out plainResult);
        if (compiledError is null != plainError is null)
            throw new Disagreement(compiledError is null ? $"only the plain reading refuses: {plainError}"
                : $"only the compiled reading refuses: {compiledError}");
        return compiledError is null;
    }

    private static string? Refusal<T>(Func<T> read, out T result)
    {
        try
        {
            result = read();
            return null;
        }
        catch (Exception error) when (RandomProgram.IsTyped(error))
        {
            result = default!;
            return error.Message;
        }
    }

    private static T[] Elements<T>(Tensor<T> tensor)
    {
        var elements = new T[(int)tensor.FlattenedLength];
        tensor.FlattenTo(elements);
        return elements;
    }

    private static bool SameBits(float[] left, float[] right) =>
        left.Length == right.Length
            && left.Zip(right).All(pair => BitConverter.SingleToInt32Bits(pair.First) == BitConverter.SingleToInt32Bits(pair.Second));
}
