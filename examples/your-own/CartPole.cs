using SimpleFlow;

namespace YourOwn;

/// <summary>
/// A pole stands on a cart, and falls unless the cart is pushed left and right at the right moments (Barto, Sutton and Anderson, 1983).
/// The network gives the probability of each push. It is trained by REINFORCE (Williams, 1992): pushes after which the pole stood longer
/// than usual become more likely.
/// </summary>
internal static class CartPole
{
    private const int StepsOfBatch = 2_000, LongestEpisode = 200;

    public static void Run()
    {
        var state = new Placeholder("state", [null, 4]);
        var push = new Placeholder("push", [null], ElementType.Int32);
        var advantage = new Placeholder("advantage", [null]);
        var scores = Layers.Dense(Layers.Dense(state, 32, Activation.Tanh, name: "hidden"), 2, name: "scores");
        // −log of the probability of the push that was made, weighted by how much better than usual it turned out.
        var logs = (scores.LogSoftmax() * push.OneHot(2)).Sum([1]);
        var loss = -(logs * advantage).Mean();
        var model = new Model(loss, scores.Softmax(), new Adam(0.01f), seed: 1);

        var random = new Random(1);
        var states = new float[StepsOfBatch * 4];
        var pushes = new int[StepsOfBatch];
        var returns = new float[StepsOfBatch];
        for (var batch = 1; batch <= 60; batch++)
        {
            var (episodes, step) = (0, 0);
            while (step < StepsOfBatch)
            {
                var (cart, first) = (new Cart(random), step);
                while (step < StepsOfBatch && step - first < LongestEpisode && cart.Stands)
                {
                    cart.State.CopyTo(states, step * 4);
                    pushes[step] = random.NextSingle() < Left(model, state, cart) ? 0 : 1;
                    cart.Push(pushes[step]);
                    step++;
                }
                // What is still to come counts, and the next step more than the hundredth.
                for (var (at, sum) = (step - 1, 0f); at >= first; at--) returns[at] = sum = 1 + 0.98f * sum;
                episodes++;
            }
            var mean = returns.Average();
            var deviation = MathF.Sqrt(returns.Average(one => (one - mean) * (one - mean)));
            model.Step(new Feed
            {
                [state] = DataArray.From(states).Reshape(StepsOfBatch, 4),
                [push] = pushes,
                [advantage] = returns.Select(one => (one - mean) / (deviation + 1e-6f)).ToArray(),
            });
            if (batch % 20 == 0) Console.WriteLine($"  batch {batch}: the pole stands for {StepsOfBatch / (double)episodes:F0} steps");
        }

        // Now the more likely push each time, twenty times from another position.
        var stood = Enumerable.Range(0, 20).Average(_ =>
        {
            var (cart, step) = (new Cart(random), 0);
            for (; step < LongestEpisode && cart.Stands; step++) cart.Push(Left(model, state, cart) >= 0.5f ? 0 : 1);
            return step;
        });
        Console.WriteLine($"  at the end it stands for {stood:F0} of {LongestEpisode} steps");
        if (stood < 195) throw new InvalidOperationException("The agent has not learned to balance the pole.");
    }

    private static float Left(Model model, Placeholder state, Cart cart) =>
        model.Predict(new Feed { [state] = DataArray.From(cart.State).Reshape(1, 4) })[0, 0];

    /// <summary>The cart and its pole, with the constants of the usual benchmark.</summary>
    private sealed class Cart(Random random)
    {
        private const float Gravity = 9.8f, PoleMass = 0.1f, Mass = 1.1f, HalfLength = 0.5f, Force = 10, Seconds = 0.02f;

        /// <summary>Position and velocity of the cart, angle and angular velocity of the pole.</summary>
        public float[] State { get; } = [.. Enumerable.Range(0, 4).Select(_ => 0.1f * random.NextSingle() - 0.05f)];

        public bool Stands => MathF.Abs(State[0]) < 2.4f && MathF.Abs(State[2]) < 12 * MathF.PI / 180;

        public void Push(int direction)
        {
            var (sin, cos) = MathF.SinCos(State[2]);
            var push = ((direction == 0 ? -Force : Force) + PoleMass * HalfLength * State[3] * State[3] * sin) / Mass;
            var angular = (Gravity * sin - cos * push) / (HalfLength * (4f / 3 - PoleMass * cos * cos / Mass));
            var linear = push - PoleMass * HalfLength * angular * cos / Mass;
            State[0] += Seconds * State[1];
            State[1] += Seconds * linear;
            State[2] += Seconds * State[3];
            State[3] += Seconds * angular;
        }
    }
}
