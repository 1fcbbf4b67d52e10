using System.Numerics;
using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Tiles;
using static SimpleFlow.Compilation.Pattern;

namespace SimpleFlow.Compilation;

/// <summary>
/// Chains of instructions that occur in every training run, each compiled as one loop. Reading and writing an instruction's tile costs two
/// to four times as much as the arithmetic. In an idiom the intermediate values stay in registers, and a root is computed while the next
/// elements are loaded. Every operation is rounded as it would be alone, so no bit changes. Adam's update of 50,000 weights takes half the
/// time.
/// </summary>
internal static class Idioms
{
    /// <summary>An idiom.</summary>
    /// <param name="Pattern">Its pattern.</param>
    /// <param name="Function">Its loop, for the factor of the <see cref="Decay"/> in it, if there is one.</param>
    internal sealed record Idiom(Pattern Pattern, Func<float, ITileFunction> Function);

    /// <summary>All idioms; those that contain others come first.</summary>
    public static IReadOnlyList<Idiom> All { get; } =
        [
        new(Difference(A, Quotient(Product(B, C), Sum(Root(Product(D, E)), F))), factor => new TileFormula<UnbiasedStep>(factor)),
        new(Difference(A, Quotient(Product(B, C), Sum(Root(D), E))), factor => new TileFormula<StepByRoot>(factor)),
        new(Sum(Faded(A), Product(B, Product(C, C))), factor => new TileFormula<AverageOfSquares>(factor)),
        new(Sum(Faded(A), Product(B, C)), factor => new TileFormula<Average>(factor)),
        new(Sum(Faded(A), B), factor => new TileFormula<Velocity>(factor)),
        new(Difference(A, Product(B, C)), factor => new TileFormula<Descent>(factor)),
        new(Sum(A, Product(B, C)), factor => new TileFormula<SumWithProduct>(factor)),
    ];

    /// <summary>w − rate · m / (√(v · c) + ε): Adam.</summary>
    private readonly struct UnbiasedStep : ITileFormula
    {
        public static int Operands => 6;

        public static Vector<float> Of(Vector<float> constant, Vector<float> a, Vector<float> b, Vector<float> c, Vector<float> d,
            Vector<float> e, Vector<float> f) => a - b * c / (Vector.SquareRoot(d * e) + f);
    }

    /// <summary>w − rate · g / (√v + ε): RMSProp and AdaGrad.</summary>
    private readonly struct StepByRoot : ITileFormula
    {
        public static int Operands => 5;

        public static Vector<float> Of(Vector<float> constant, Vector<float> a, Vector<float> b, Vector<float> c, Vector<float> d,
            Vector<float> e, Vector<float> f) => a - b * c / (Vector.SquareRoot(d) + e);
    }

    /// <summary>β · v + (1 − β) · g²: the running mean of squares.</summary>
    private readonly struct AverageOfSquares : ITileFormula
    {
        public static int Operands => 3;

        public static Vector<float> Of(Vector<float> constant, Vector<float> a, Vector<float> b, Vector<float> c, Vector<float> d,
            Vector<float> e, Vector<float> f) => Decay.Fade(constant, a) + b * (c * c);
    }

    /// <summary>β · m + (1 − β) · g: the running mean.</summary>
    private readonly struct Average : ITileFormula
    {
        public static int Operands => 3;

        public static Vector<float> Of(Vector<float> constant, Vector<float> a, Vector<float> b, Vector<float> c, Vector<float> d,
            Vector<float> e, Vector<float> f) => Decay.Fade(constant, a) + b * c;
    }

    /// <summary>β · v + g: momentum.</summary>
    private readonly struct Velocity : ITileFormula
    {
        public static int Operands => 2;

        public static Vector<float> Of(Vector<float> constant, Vector<float> a, Vector<float> b, Vector<float> c, Vector<float> d,
            Vector<float> e, Vector<float> f) => Decay.Fade(constant, a) + b;
    }

    /// <summary>w − rate · g: gradient descent.</summary>
    private readonly struct Descent : ITileFormula
    {
        public static int Operands => 3;

        public static Vector<float> Of(Vector<float> constant, Vector<float> a, Vector<float> b, Vector<float> c, Vector<float> d,
            Vector<float> e, Vector<float> f) => a - b * c;
    }

    /// <summary>a + b · c, both rounded.</summary>
    private readonly struct SumWithProduct : ITileFormula
    {
        public static int Operands => 3;

        public static Vector<float> Of(Vector<float> constant, Vector<float> a, Vector<float> b, Vector<float> c, Vector<float> d,
            Vector<float> e, Vector<float> f) => a + b * c;
    }

    /// <summary>Finds the idioms in a program and puts each in the place of its last instruction.</summary>
    /// <param name="inputs">How many inputs the program has.</param>
    /// <param name="instructions">Its instructions; the method replaces them.</param>
    /// <param name="writes">What each instruction writes to memory; shortened in the same way.</param>
    public static void Merge<T>(int inputs, List<TileInstruction> instructions, List<T> writes)
    {
        var search = new Search(inputs, [.. instructions]);
        var merged = new bool[instructions.Count];
        for (var last = instructions.Count - 1; last > 0; last--)
        {
            if (merged[last]) continue;
            foreach (var idiom in All)
            {
                if (search.Find(idiom.Pattern, last) is not { } found) continue;
                foreach (var instruction in found.Instructions) merged[instruction] = instruction != last;
                instructions[last] = new TileInstruction(idiom.Function(found.Factor), [.. found.Letters.Take(idiom.Pattern.Letters)],
                    instructions[last].IsStored);
                break;
            }
        }

        var places = Enumerable.Range(0, inputs + instructions.Count).ToArray();
        for (var i = 0; i < instructions.Count; i++) places[inputs + i] = inputs + merged.AsSpan(0, i).Count(false);
        for (var i = instructions.Count - 1; i >= 0; i--)
        {
            if (merged[i])
            {
                instructions.RemoveAt(i);
                writes.RemoveAt(i);
            }
            else instructions[i] =
                instructions[i] with { Operands = Array.ConvertAll(instructions[i].Operands, operand => places[operand]) };
        }
    }

    /// <summary>A match of a pattern: the values of its letters, and the instructions that it replaces.</summary>
    private sealed record Found(int[] Letters, int[] Instructions, float Factor);

    /// <summary>Looks for patterns in the instructions of a program.</summary>
    private sealed class Search(int inputs, TileInstruction[] instructions)
    {
        private static readonly Found Nothing = new([-1, -1, -1, -1, -1, -1], [], 0);
        private readonly int[] _uses = Uses(inputs, instructions);

        /// <summary>The pattern that ends with an instruction, or null.</summary>
        public Found? Find(Pattern pattern, int last) => Find(pattern, inputs + last, last, Nothing);

        private Found? Find(Pattern pattern, int value, int last, Found found)
        {
            if (pattern.Op is null)
            {
                var known = found.Letters[pattern.Letter];
                if (known >= 0) return known == value ? found : null;
                var letters = (int[])found.Letters.Clone();
                letters[pattern.Letter] = value;
                return found with { Letters = letters };
            }
            var at = value - inputs;
            if (at < 0 || !pattern.IsOf(instructions[at]) || (at != last && !CanWait(at, last))) return null;
            found = found with
            {
                Instructions = [.. found.Instructions, at],
                Factor = instructions[at].Function is Decay decay ? decay.Factor : found.Factor
            };
            var operands = instructions[at].Operands;
            return Inputs(operands, found) ?? (pattern.IsSymmetric ? Inputs([operands[1], operands[0]], found) : null);

            Found? Inputs(int[] values, Found? so)
            {
                for (var i = 0; i < values.Length && so is not null; i++) so = Find(pattern.Inputs[i], values[i], last, so);
                return so;
            }
        }

        // Nothing else may need the value, and its inputs must not be overwritten before the idiom runs.
        private bool CanWait(int at, int last) => _uses[inputs + at] == 1 && !instructions.AsSpan(at, last - at).ContainsStored();

        private static int[] Uses(int inputs, TileInstruction[] instructions)
        {
            var uses = new int[inputs + instructions.Length];
            foreach (var operand in instructions.SelectMany(instruction => instruction.Operands)) uses[operand]++;
            return uses;
        }
    }

    private static bool ContainsStored(this Span<TileInstruction> instructions)
    {
        foreach (var instruction in instructions)
        {
            if (instruction.IsStored) return true;
        }
        return false;
    }
}
